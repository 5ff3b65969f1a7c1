"""What the papers define: affine maps, networks, configurations, readings, regions."""
