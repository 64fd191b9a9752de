"""Pure functions: document to article to figures to Arrow tables; nothing here touches the world."""
