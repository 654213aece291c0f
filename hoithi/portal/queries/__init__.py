"""What the public may know, one module a page; nothing here reads keys before publication."""
