"""The mirror of the face page and the moving drawings that say without words what to do."""
