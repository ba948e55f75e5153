"""What turns candidates into an explained order."""
