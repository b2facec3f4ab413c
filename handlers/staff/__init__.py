"""Staff: who they are, their roles, and how they get in: by an invitation code sent in any chat."""
