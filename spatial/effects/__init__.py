"""Direct, indirect and total effects from plain numbers; nothing here knows a model."""
