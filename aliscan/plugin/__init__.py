"""What detect-secrets loads, by way of the file aliscan/detect_secrets_plugin.py."""
