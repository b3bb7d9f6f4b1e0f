"""The pages of stories: when one is wanted, whether it may be asked for, what it says, whether to take it.

All of it pure; `services.extract.article` does what takes a network.
"""
