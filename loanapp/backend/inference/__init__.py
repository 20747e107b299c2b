"""The one inference process: OCR and face verdicts, apart from the web process (design decision 9)."""
