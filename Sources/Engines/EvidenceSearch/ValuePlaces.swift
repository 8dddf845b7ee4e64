import FieldRules
import Records

/// Finds numbers, days and currencies by what they mean.
struct ValuePlaces {
    private let printed: PrintedValues
    private let digits: PrintedDigits
    private let letters: DocumentLetters
    private var amounts: [DecimalNumber: [Int32]] = [:]
    private var days: [CalendarDate: [Int32]] = [:]
    /// Words with a currency's sign, and whether other currencies share it.
    private var signs: [String: [(word: Int, isShared: Bool)]] = [:]
    /// The first amount beside which a currency's sign was read, however it is written.
    private var currencies: [String: Int] = [:]

    private static let mostPlaces = 40

    init(_ printed: PrintedValues, _ letters: DocumentLetters) {
        self.printed = printed
        self.letters = letters
        digits = PrintedDigits(letters)
        for (index, amount) in printed.amounts.enumerated() {
            for meaning in amount.meanings { amounts[meaning, default: []].append(Int32(index)) }
        }
        for (index, day) in printed.days.enumerated() {
            for reading in day.readings { days[reading.date, default: []].append(Int32(index)) }
        }
        for (index, placed) in letters.words.enumerated() {
            let codes = CurrencySigns.codes(in: placed.word.text)
            for code in codes where signs[code, default: []].count < Self.mostPlaces {
                signs[code, default: []].append((index, codes.count > 1))
            }
        }
        for (index, amount) in printed.amounts.enumerated() {
            guard let code = amount.currency, currencies[code] == nil else { continue }
            currencies[code] = index
        }
    }

    // MARK: Numbers

    /// Where an amount or number is printed, the closest first.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - isMoney: Whether measures and percentages are something else.
    /// - Returns: The places; none where it is not printed.
    func places(of number: DecimalNumber, isMoney: Bool) -> [FoundPlace] {
        let exact = found(number, isMoney: isMoney)
        if !exact.isEmpty { return exact }
        // A discount that the page prints without its sign, and the other way round.
        let turned = number.units == 0 ? [] : found(number.negated, isMoney: isMoney)
        if !turned.isEmpty {
            return turned.map { place in
                var place = place
                place.similarity = min(place.similarity, 0.8)
                return place
            }
        }
        guard number.units != Int64.min else { return [] }
        var forms: [DecimalNumber] = []
        for scale in isMoney ? [2, number.scale, 0] : [number.scale, 0] {
            guard let form = number.rescaled(to: scale),
                !forms.contains(where: { $0.scale == scale })
            else { continue }
            forms.append(form)
        }
        for form in forms {
            var text = String(form.units.magnitude)
            while text.count <= form.scale { text = "0" + text }
            let places = digits.amounts(text.unicodeScalars.map(\.value), decimals: form.scale)
            if !places.isEmpty { return places }
        }
        return []
    }

    private func found(_ number: DecimalNumber, isMoney: Bool) -> [FoundPlace] {
        var places: [FoundPlace] = []
        for index in amounts[number] ?? [] {
            let amount = printed.amounts[Int(index)]
            guard amount.isPlain || !isMoney else { continue }
            let isSame = amount.evidence.words == number.description
            places.append(
                FoundPlace(
                    evidence: [amount.evidence],
                    method: amount.slips > 0 ? .shapes : (isSame ? .exact : .meaning),
                    similarity: (amount.slips > 0 ? 0.95 : 1)
                        - (amount.meanings.count > 1 ? 0.1 : 0),
                    certainty: amount.certainty,
                    leastCertainty: amount.certainty
                )
            )
            if places.count == Self.mostPlaces { break }
        }
        return places
    }

    // MARK: Days

    /// Where a day is printed, the closest first.
    ///
    /// - Parameters:
    ///   - day: The day.
    ///   - order: The order of day and month that the field's definition gives.
    /// - Returns: The places; none where it is not printed.
    func places(of day: CalendarDate, order: DateOrder?) -> [FoundPlace] {
        var places: [FoundPlace] = []
        let order = order ?? printed.dateOrder
        for index in (days[day] ?? []).prefix(Self.mostPlaces) {
            let print = printed.days[Int(index)]
            var readings = print.readings
            var similarity = print.slips > 0 ? 0.95 : 1
            if readings.count > 1, let order {
                readings.removeAll { $0.assumedOrder != order }
                // The document writes the other order: this is the day that it does not mean.
                if readings.first?.date != day { similarity = 0.5 }
            }
            places.append(
                FoundPlace(
                    evidence: [print.evidence],
                    method: print.slips > 0
                        ? .shapes : (print.printed == day.description ? .exact : .meaning),
                    similarity: similarity,
                    certainty: print.certainty,
                    leastCertainty: print.certainty,
                    dayReadings: readings.count > 1 ? readings : []
                )
            )
        }
        if !places.isEmpty {
            let kept = places.filter { $0.similarity >= TextPlaces.leastSimilarity }
            return kept
        }
        for form in Self.forms(of: day, order: order) {
            let found = digits.days(form)
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The digits of a day in the orders that it is printed in.
    private static func forms(of day: CalendarDate, order: DateOrder?) -> [[UInt32]] {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (year, short) = (String(day.year), two(day.year % 100))
        var texts: [String] = []
        for (d, m) in [(two(day.day), two(day.month)), ("\(day.day)", "\(day.month)")] {
            if order != .monthFirst { texts += [d + m + year, d + m + short] }
            if order != .dayFirst { texts += [m + d + year, m + d + short] }
            texts.append(year + m + d)
        }
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }.map { $0.unicodeScalars.map(\.value) }
    }

    // MARK: Currencies

    /// Where a currency's sign or code is printed.
    func places(ofCurrency code: String) -> [FoundPlace] {
        var places: [FoundPlace] = []
        let text = TextPlaces(letters: letters)
        for place in text.places(of: code, isCode: true)
        where place.method == .exact || place.method == .spelling {
            places.append(place)
        }
        for (index, isShared) in signs[code] ?? [] {
            let certainty = letters.words[index].certainty
            places.append(
                FoundPlace(
                    evidence: letters.evidence(of: [index]),
                    method: .meaning,
                    similarity: isShared ? 0.8 : 1,
                    certainty: certainty,
                    leastCertainty: certainty
                )
            )
        }
        // What stands beside an amount and was read as its sign, such as `RH` for RM.
        if places.isEmpty, let index = currencies[code] {
            let amount = printed.amounts[index]
            places.append(
                FoundPlace(
                    evidence: [amount.evidence],
                    method: .meaning,
                    similarity: 0.8,
                    certainty: amount.certainty,
                    leastCertainty: amount.certainty
                )
            )
        }
        return places
    }
}
