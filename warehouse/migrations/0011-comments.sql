-- What each relation and column of schema bi is, for the tools that show it.

COMMENT ON VIEW bi.dim_date IS 'A row for each day of the years with sales. Weeks are ISO weeks';

COMMENT ON VIEW bi.dim_customer IS 'A row for each customer, and row 0 for the guest, who is everybody without a customer number';

COMMENT ON VIEW bi.dim_product IS 'A row for each stock code, with its latest description';

COMMENT ON VIEW bi.dim_country IS 'A row for each country';

COMMENT ON VIEW bi.fact_sales IS 'A row for each line of an invoice. The key is invoice_no with line_id';

COMMENT ON VIEW bi.sales IS 'A row for each line of an invoice with every attribute, for tools that take one relation';

COMMENT ON VIEW bi.sales_by_day IS 'Sales of each day';

COMMENT ON VIEW bi.sales_by_month IS 'Sales of each month';

COMMENT ON VIEW bi.sales_by_month_and_country IS 'Sales of each month in each country';

COMMENT ON VIEW bi.rejected_line IS 'A line that no load took, as it came, with the reason';

COMMENT ON VIEW bi.rfm IS 'Customers with a sale, by fifths of how lately, how often and for how much they bought';

COMMENT ON VIEW bi.retention IS 'For the new customers of each month, how many bought in it and in each later month';

COMMENT ON VIEW bi.product_pairs IS 'Products often bought together, each pair both ways round';

COMMENT ON VIEW bi.freshness IS 'One row, how fresh everything is, in UTC';

COMMENT ON COLUMN bi.dim_date.calendar_date IS 'The same as day';

COMMENT ON COLUMN bi.dim_date.year_month IS 'The same as month, such as 2011-02';

COMMENT ON COLUMN bi.dim_date.week IS 'ISO week, such as 2011-W07';

COMMENT ON COLUMN bi.dim_date.weekday IS '1 is Monday';

COMMENT ON COLUMN bi.dim_customer.customer IS 'The customer number, or (guest)';

COMMENT ON COLUMN bi.dim_customer.customer_id IS 'The customer number, NULL for the guest. Counting it counts customers';

COMMENT ON COLUMN bi.dim_customer.customer_country IS 'Country of the latest invoice';

COMMENT ON COLUMN bi.dim_customer.first_purchase IS 'Day of the first sale, NULL without one';

COMMENT ON COLUMN bi.dim_customer.last_purchase IS 'Day of the latest sale, NULL without one';

COMMENT ON COLUMN bi.dim_customer.cohort_month IS 'Month of the first sale, NULL without one';

COMMENT ON COLUMN bi.dim_customer.segment IS 'Fifths of recency, frequency and monetary, such as 545. 5 is best';

COMMENT ON COLUMN bi.dim_product.product IS 'Stock code and description. Several codes may have one description';

COMMENT ON COLUMN bi.dim_product.service IS 'Whether it is postage, a fee, a discount or another service';

COMMENT ON COLUMN bi.fact_sales.day IS 'Day of the sale. A time filter belongs here';

COMMENT ON COLUMN bi.fact_sales.sold_at IS 'Time of the sale as the shop wrote it';

COMMENT ON COLUMN bi.fact_sales.hour_of_day IS 'The same as hour, 0 to 23';

COMMENT ON COLUMN bi.fact_sales.quantity IS 'Units, negative when returned';

COMMENT ON COLUMN bi.fact_sales.unit_price IS 'Pounds for one unit';

COMMENT ON COLUMN bi.fact_sales.gross_amount IS 'Money of sales alone, without cancellations and adjustments';

COMMENT ON COLUMN bi.fact_sales.net_amount IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.fact_sales.line_kind IS 'sale, cancellation (invoice numbers with C) or adjustment (with A)';

COMMENT ON COLUMN bi.sales.sold_at IS 'Time of the sale as the shop wrote it';

COMMENT ON COLUMN bi.sales.sold_on IS 'Day of the sale';

COMMENT ON COLUMN bi.sales.hour_of_day IS '0 to 23';

COMMENT ON COLUMN bi.sales.year_month IS 'Such as 2011-02';

COMMENT ON COLUMN bi.sales.customer_id IS 'The customer number, NULL for the guest. Counting it counts customers';

COMMENT ON COLUMN bi.sales.country IS 'Country of the invoice';

COMMENT ON COLUMN bi.sales.product IS 'Stock code and latest description';

COMMENT ON COLUMN bi.sales.line_description IS 'Description as the line has it';

COMMENT ON COLUMN bi.sales.service IS 'Whether it is postage, a fee, a discount or another service';

COMMENT ON COLUMN bi.sales.line_kind IS 'sale, cancellation (invoice numbers with C) or adjustment (with A)';

COMMENT ON COLUMN bi.sales.quantity IS 'Units, negative when returned';

COMMENT ON COLUMN bi.sales.unit_price IS 'Pounds for one unit';

COMMENT ON COLUMN bi.sales.gross_amount IS 'Money of sales alone, without cancellations and adjustments';

COMMENT ON COLUMN bi.sales.net_amount IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.rfm.customer_id IS 'The customer number';

COMMENT ON COLUMN bi.rfm.recency IS 'Fifth by the day of the latest sale, 5 is the latest';

COMMENT ON COLUMN bi.rfm.frequency IS 'Fifth by the number of sales, 5 is most';

COMMENT ON COLUMN bi.rfm.monetary IS 'Fifth by net, 5 is most';

COMMENT ON COLUMN bi.rfm.purchases IS 'Invoices that are sales';

COMMENT ON COLUMN bi.rfm.net IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.rfm.segment IS 'The three fifths, such as 545';

COMMENT ON COLUMN bi.retention.cohort_month IS 'Month of the first sale';

COMMENT ON COLUMN bi.retention.cohort_size IS 'New customers of that month';

COMMENT ON COLUMN bi.retention.customers IS 'Those of them with a sale in year_month';

COMMENT ON COLUMN bi.product_pairs.invoices IS 'Sales with both';

COMMENT ON COLUMN bi.product_pairs.support IS 'Share of all sales with goods';

COMMENT ON COLUMN bi.product_pairs.confidence IS 'Share of the sales with stock_code that have other_stock_code too';

COMMENT ON COLUMN bi.product_pairs.lift IS 'How many times more often together than by chance';

COMMENT ON COLUMN bi.freshness.as_of IS 'When the latest load that brought something ended';

COMMENT ON COLUMN bi.freshness.products_as_of IS 'The same for products and product_pairs, which are made less often';

COMMENT ON COLUMN bi.sales_by_day.gross IS 'Money of sales alone, without cancellations and adjustments';

COMMENT ON COLUMN bi.sales_by_day.net IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.sales_by_day.service_net IS 'The part of net that is postage, fees, discounts and other services';

COMMENT ON COLUMN bi.sales_by_day.net_without_services IS 'The part of net that is goods';

COMMENT ON COLUMN bi.sales_by_day.units IS 'Sum of quantities, returned ones subtracted';

COMMENT ON COLUMN bi.sales_by_day.lines IS 'Lines of invoices';

COMMENT ON COLUMN bi.sales_by_day.invoices IS 'Distinct invoices. Do not add up over countries or customers';

COMMENT ON COLUMN bi.sales_by_day.customers IS 'Distinct customers without the guest. Do not add up over rows';

COMMENT ON COLUMN bi.sales_by_month.gross IS 'Money of sales alone, without cancellations and adjustments';

COMMENT ON COLUMN bi.sales_by_month.net IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.sales_by_month.service_net IS 'The part of net that is postage, fees, discounts and other services';

COMMENT ON COLUMN bi.sales_by_month.net_without_services IS 'The part of net that is goods';

COMMENT ON COLUMN bi.sales_by_month.units IS 'Sum of quantities, returned ones subtracted';

COMMENT ON COLUMN bi.sales_by_month.lines IS 'Lines of invoices';

COMMENT ON COLUMN bi.sales_by_month.invoices IS 'Distinct invoices. Do not add up over countries or customers';

COMMENT ON COLUMN bi.sales_by_month.customers IS 'Distinct customers without the guest. Do not add up over rows';

COMMENT ON COLUMN bi.sales_by_month_and_country.gross IS 'Money of sales alone, without cancellations and adjustments';

COMMENT ON COLUMN bi.sales_by_month_and_country.net IS 'Money of all lines, cancellations and adjustments with their sign. The API calls it revenue';

COMMENT ON COLUMN bi.sales_by_month_and_country.service_net IS 'The part of net that is postage, fees, discounts and other services';

COMMENT ON COLUMN bi.sales_by_month_and_country.net_without_services IS 'The part of net that is goods';

COMMENT ON COLUMN bi.sales_by_month_and_country.units IS 'Sum of quantities, returned ones subtracted';

COMMENT ON COLUMN bi.sales_by_month_and_country.lines IS 'Lines of invoices';

COMMENT ON COLUMN bi.sales_by_month_and_country.invoices IS 'Distinct invoices. Do not add up over countries or customers';

COMMENT ON COLUMN bi.sales_by_month_and_country.customers IS 'Distinct customers without the guest. Do not add up over rows';
