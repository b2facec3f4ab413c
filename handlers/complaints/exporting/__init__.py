"""Exports of complaints: profiles, packages with a manifest, case files for print, work in the background."""
