"""The values that travel through Pactwatch: frozen, slotted, keyword-only; times are aware UTC.

One module per concept; import from the module that names it (`from shared.model.story import Story`).
"""
