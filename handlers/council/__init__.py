"""The community council (社区议事会): proposals by workers, support by tap, staff's answer; meetings and attendance."""
