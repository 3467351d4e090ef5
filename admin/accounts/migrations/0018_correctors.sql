-- Whoever corrected a designation, besides who recorded it: accounts, apart by spaces. None of them checks it.
ALTER TABLE designations ADD COLUMN correctors TEXT NOT NULL DEFAULT '';
