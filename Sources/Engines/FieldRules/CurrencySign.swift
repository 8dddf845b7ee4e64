/// A sign or word for a currency as it stands beside an amount.
struct CurrencySign: Hashable, Sendable {
    /// The ISO 4217 code.
    let code: String
    /// How much the sign alone says, 0 to 1: `$` and `kr` serve several countries.
    let certainty: Double
    /// Whether recognition takes letters for it: S for `$`, E for `£`, scraps of a word for `Ft`.
    var isMisreadLetter: Bool {
        self == Self.signs["$"] || self == Self.signs["£"] || self == Self.signs["ft"]
    }

    /// Signs that may touch a number, and words that stand alone, folded to lower case.
    static let signs: [String: CurrencySign] = {
        var signs: [String: CurrencySign] = [:]
        let certain: [(String, [String])] = [
            ("EUR", ["€", "eur", "euro", "euros"]), ("USD", ["us$", "usd", "us dollar", "u$s"]),
            ("GBP", ["£", "gbp"]), ("CHF", ["chf", "sfr", "sfr."]), ("MYR", ["rm", "myr"]),
            ("JPY", ["jpy", "円"]), ("CNY", ["cny", "rmb", "元"]), ("NOK", ["nok"]), ("SEK", ["sek"]),
            ("DKK", ["dkk"]), ("PLN", ["zł", "zl", "pln"]), ("SGD", ["s$", "sgd"]),
            ("HKD", ["hk$", "hkd"]),
            ("AUD", ["a$", "au$", "aud"]), ("CAD", ["c$", "ca$", "cad"]), ("NZD", ["nz$", "nzd"]),
            ("TWD", ["nt$", "twd"]), ("BRL", ["r$", "brl"]), ("INR", ["₹", "inr"]),
            ("THB", ["฿", "thb"]),
            ("KRW", ["₩", "krw"]), ("VND", ["₫", "vnd"]), ("IDR", ["idr"]), ("TRY", ["₺", "try"]),
            ("CZK", ["kč", "czk"]), ("HUF", ["huf"]), ("RUB", ["₽", "rub"]), ("UAH", ["₴", "uah"]),
            ("ILS", ["₪", "ils"]), ("PHP", ["₱", "php"]), ("MXN", ["mx$", "mxn"]), ("ZAR", ["zar"]),
            ("AED", ["aed"]), ("SAR", ["sar"]),
        ]
        for (code, words) in certain {
            for word in words { signs[word] = CurrencySign(code: code, certainty: 0.95) }
        }
        let shared: [(String, [String], Double)] = [
            ("USD", ["$", "＄"], 0.6), ("JPY", ["¥", "￥"], 0.55),
            ("NOK", ["kr", "kr.", "kroner"], 0.45),
            ("INR", ["rs", "rs."], 0.7), ("IDR", ["rp", "rp."], 0.8), ("CHF", ["fr."], 0.5),
            ("HUF", ["ft"], 0.5), ("MYR", ["rh", "rn"], 0.5),  // how RM is misread
        ]
        for (code, words, certainty) in shared {
            for word in words { signs[word] = CurrencySign(code: code, certainty: certainty) }
        }
        return signs
    }()

    /// Longest sign in scalars.
    static let longest = 9

    /// The sign that a whole text is.
    static func exactly(_ scalars: ArraySlice<Unicode.Scalar>) -> CurrencySign? {
        guard (1...longest).contains(scalars.count) else { return nil }
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            guard scalar.isASCII else {
                text.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
                continue
            }
            let value = scalar.value
            text.append((0x41...0x5A).contains(value) ? Unicode.Scalar(UInt8(value + 32)) : scalar)
        }
        return signs[String(text)]
    }
}
