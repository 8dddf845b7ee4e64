/// The signs that currencies are printed with, other than their ISO 4217 codes.
enum CurrencySigns {
    /// Currencies by sign, folded to lower case; several currencies share some.
    private static let currencies: [String: Set<String>] = {
        var table: [String: Set<String>] = [
            "$": ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"],
            "¥": ["JPY", "CNY"], "￥": ["JPY", "CNY"], "rs": ["INR", "PKR", "LKR", "NPR", "MUR"],
            "rs.": ["INR", "PKR", "LKR", "NPR", "MUR"],
            "kr": ["NOK", "SEK", "DKK", "ISK"], "kr.": ["NOK", "SEK", "DKK", "ISK"],
            "fr": ["CHF"], "fr.": ["CHF"], "£": ["GBP", "EGP", "LBP"], "kroner": ["NOK", "DKK"],
            "kronor": ["SEK"],
        ]
        let single: [(String, [String])] = [
            ("EUR", ["€", "euro", "euros"]), ("USD", ["us$", "u$s"]), ("CHF", ["sfr", "sfr."]),
            ("MYR", ["rm"]), ("JPY", ["円"]), ("CNY", ["元", "rmb"]), ("PLN", ["zł", "zl"]),
            ("SGD", ["s$"]), ("HKD", ["hk$"]), ("AUD", ["a$", "au$"]), ("CAD", ["c$", "ca$"]),
            ("NZD", ["nz$"]), ("TWD", ["nt$"]), ("BRL", ["r$"]), ("INR", ["₹"]), ("THB", ["฿"]),
            ("KRW", ["₩", "원"]), ("VND", ["₫"]), ("IDR", ["rp", "rp."]), ("TRY", ["₺", "tl"]),
            ("CZK", ["kč"]), ("HUF", ["ft"]), ("RUB", ["₽", "руб"]), ("UAH", ["₴", "грн"]),
            ("ILS", ["₪"]), ("PHP", ["₱"]), ("MXN", ["mx$"]), ("NGN", ["₦"]),
        ]
        for (code, signs) in single { for sign in signs { table[sign, default: []].insert(code) } }
        return table
    }()

    private static let longestWord = 32

    /// The currencies that a sign in a word can stand for: alone, or before or behind an amount.
    static func codes(in word: String) -> Set<String> {
        let scalars = word.unicodeScalars
        guard scalars.count <= longestWord else { return [] }
        let isAmount: (Unicode.Scalar) -> Bool = {
            ("0"..."9").contains($0) || "-,.'()[]:*".unicodeScalars.contains($0)
        }
        let head = scalars.prefix { !isAmount($0) }
        let tail = scalars.reversed().prefix { !isAmount($0) }.reversed()
        let texts = [
            word, String(String.UnicodeScalarView(head)), String(String.UnicodeScalarView(tail)),
        ]
        return texts.lazy.compactMap { currencies[$0.lowercased()] }.first ?? []
    }
}
