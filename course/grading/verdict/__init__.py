"""Tests in trusted code: what they saw, what stopped them, which mistake explains it."""
