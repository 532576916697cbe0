"""What goes out in English: feeds for any reader, and digests as page, mail and Markdown."""
