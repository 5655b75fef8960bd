# PySpark looks for the Python class of a saved stage in a module that is named like the Java package.
from sparkvit import *  # noqa: F401,F403
