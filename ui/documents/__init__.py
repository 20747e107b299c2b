"""A view of PDF documents: rendered by pypdfium2 off the GUI thread, with how much of it has been read."""
