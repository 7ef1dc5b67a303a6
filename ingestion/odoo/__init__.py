"""Odoo Community 16 to 18 as a source: over JSON-RPC, or replayed from a directory of exported models."""
