-- The vault has a database of its own.
CREATE DATABASE vault;
