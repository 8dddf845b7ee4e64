public import Records

extension FieldFinder {
    /// The field that a name stands for where no pipeline says more: `total` holds money, `date` a day.
    ///
    /// - Parameter name: the field's name.
    /// - Returns: a field of the type that the rules expect; of type text for a name that they do not know.
    public static func usualField(named name: String) -> FieldDefinition {
        FieldDefinition(name: name, type: usualType(FieldMeaning.of(name)))
    }

    /// The fields that are looked for where no pipeline names any.
    public static let usualFields = [
        "merchant", "address", "date", "total", "subtotal", "tax", "currency", "receipt_number",
        "invoice_number", "iban", "items",
    ].map { usualField(named: $0) }

    /// Whether the rules know what a field of this name is for, beyond a key word of that name.
    public static func knows(_ name: String) -> Bool {
        let meaning = FieldMeaning.of(name)
        return meaning.kind != .keyed || !meaning.concepts.isEmpty
    }

    private static func usualType(_ meaning: FieldMeaning) -> FieldType {
        switch meaning.kind {
        case .total, .price, .unitPrice: return .money
        case .documentDate: return .date(order: nil)
        case .merchant, .merchantAddress, .product, .time: return .text
        case .currency: return .currency
        case .barcode, .iban, .vatNumber, .tracking: return .identifier
        case .nutrition: return .number
        case .items:
            return .list([
                ListColumn(name: "name", type: .text), ListColumn(name: "quantity", type: .number),
                ListColumn(name: "price", type: .money),
            ])
        case .keyed: break
        }
        switch meaning.concepts.first {
        case .subtotal, .net, .tax, .cash, .change, .rounding, .discount, .service: return .money
        case .dueDate, .orderDate, .deliveryDate, .bestBefore, .productionDate:
            return .date(order: nil)
        case .invoiceNumber, .receiptNumber, .orderNumber, .customerNumber, .bic, .vatID,
            .registration, .lot:
            return .identifier
        case .quantity, .itemCount: return .number
        default: return .text
        }
    }
}
