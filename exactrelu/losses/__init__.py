"""The user's own loss: data with rational targets, its value, its subdifferential, its minima."""
