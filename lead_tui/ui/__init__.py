"""The interface: widgets, dialogs, screens and the application."""
