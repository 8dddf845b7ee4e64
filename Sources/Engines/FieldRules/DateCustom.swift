import Records

/// In which order the country that a document comes from writes day and month.
///
/// Asked only where no day of the document itself can be read in one way alone. The country shows in addresses,
/// telephone numbers, currencies and legal forms; two weak signs or one strong one are wanted, and none for the
/// other custom. Customs: Unicode CLDR, short date patterns of the countries' main languages.
struct DateCustom {
    private var monthFirst = 0
    private var dayFirst = 0

    /// The order that the document's country writes; nil where the document does not show it.
    static func order(in rows: [PageRow], currency: CurrencySign?, decimalMark: UInt32?)
        -> DateOrder?
    {
        var custom = DateCustom()
        if let currency {
            if currency.code == "USD" { custom.monthFirst += currency.certainty > 0.9 ? 2 : 1 }
            if dayFirstCurrencies.contains(currency.code), currency.certainty >= 0.9 {
                custom.dayFirst += 2
            }
        }
        if decimalMark == 0x2C { custom.dayFirst += 1 }
        custom.count(rows)
        if custom.monthFirst >= 2, custom.dayFirst == 0 { return .monthFirst }
        if custom.dayFirst >= 2, custom.monthFirst == 0 { return .dayFirst }
        return nil
    }

    private static let dayFirstCurrencies: Set<String> = [
        "EUR", "GBP", "CHF", "MYR", "SGD", "NOK", "DKK", "PLN", "AUD", "NZD", "BRL", "INR", "THB",
        "VND", "IDR", "TRY", "CZK", "RUB", "UAH", "ILS", "MXN", "AED", "SAR",
    ]

    /// Legal forms and countries that stand on papers of countries that write the day first.
    private static let dayFirstWords: Set<String> = [
        "sdn", "bhd", "pte", "gmbh", "sarl", "ohg", "malaysia", "singapore", "deutschland",
        "osterreich",
        "schweiz", "france", "espana", "italia", "nederland", "norge", "danmark", "ireland",
        "australia",
    ]

    private static let americanStates: Set<String> = [
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
        "KS",
        "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
        "NY",
        "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
        "WV",
        "WI", "WY", "DC",
    ]

    private mutating func count(_ rows: [PageRow]) {
        var hasState = false
        var hasTelephone = false
        var hasDayFirstWord = false
        for row in rows {
            for (index, word) in row.words.enumerated() where word.scalars.count <= 24 {
                if !hasDayFirstWord, word.letterCount >= 3 {
                    let folded = FoldedLetters.words(word.text)
                    hasDayFirstWord = folded.contains(where: Self.dayFirstWords.contains)
                }
                if !hasState, index + 1 < row.words.count, Self.isState(word.text) {
                    hasState = Self.isPostCode(row.words[index + 1].scalars)
                }
                if !hasTelephone {
                    let next = index + 1 < row.words.count ? row.words[index + 1].scalars : []
                    hasTelephone = Self.isTelephone(word.scalars, then: next)
                }
            }
        }
        if hasState { monthFirst += 2 }
        if hasTelephone { monthFirst += 1 }
        if hasDayFirstWord { dayFirst += 2 }
    }

    private static func isState(_ text: String) -> Bool {
        americanStates.contains(String(text.drop { !$0.isLetter }.prefix { $0.isLetter }))
            && text.count(where: \.isLetter) == 2
    }

    /// `94102`, `94102-1234`.
    private static func isPostCode(_ scalars: [Unicode.Scalar]) -> Bool {
        let shape = shape(of: scalars)
        return shape == "99999" || shape == "99999-9999"
    }

    /// `(415) 398-3173`, `415-398-3173`, `415.398.3173`: the North American way to part a number.
    private static func isTelephone(_ word: [Unicode.Scalar], then next: [Unicode.Scalar]) -> Bool {
        switch shape(of: word) {
        case "(999)999-9999", "999-999-9999", "999.999.9999": true
        case "(999)": ["999-9999", "999.9999"].contains(shape(of: next))
        default: false
        }
    }

    /// The word with 9 for every digit, without a comma or full stop at its end.
    private static func shape(of scalars: [Unicode.Scalar]) -> String {
        var shape = String(
            String.UnicodeScalarView(
                scalars.prefix(20).map { (0x30...0x39).contains($0.value) ? "9" : $0 }
            )
        )
        while let last = shape.last, last == "," || last == "." { shape.removeLast() }
        return shape
    }
}
