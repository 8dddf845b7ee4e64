/// What a printed key word says about the value beside it.
enum KeyConcept: String, Hashable, Sendable, CaseIterable {
    // Amounts of a receipt or invoice, the surest word for the final sum first.
    case grandTotal, total, weakTotal, subtotal, net, tax, taxSummary, cash, change, rounding,
        discount
    case service, itemCount
    // Days.
    case documentDate, date, dueDate, orderDate, deliveryDate, bestBefore, productionDate, period
    case otherDate
    // Codes.
    case invoiceNumber, receiptNumber, orderNumber, customerNumber, iban, bic, vatID, registration
    case phone, fax, email, website, barcode, lot, tracking
    // Products.
    case product, price, unitPrice, quantity
    // Parties.
    case issuer, recipient, address
    // The rest: what a line is for.
    case currency, heading, courtesy, till
}
