/** Columns of the landing table, named as the keys of a line in lower case, which is how COPY finds them. */
export const COPY_COLUMNS = 'lineid,invoiceno,stockcode,description,quantity,invoicedate,unitprice,customerid,country,sentat';

/** A line that COPY cannot read is in the warehouse's list of load errors; it does not stop the others. 100,000 is the most COPY takes. */
export const COPY_OPTIONS = "JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000";
