"""Kinds of input, one small module each: how a document is known by its bytes, and what it holds."""
