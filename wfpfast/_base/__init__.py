"""What any C program needs: memory, locks, vectors, texts; must not know columns or events."""
