"""What the API takes and gives, built from the model; the OpenAPI document shows these."""
