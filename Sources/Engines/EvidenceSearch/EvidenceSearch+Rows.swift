public import Records

extension EvidenceSearch {
    /// Where the rows of a list are printed: in their order down the pages, each row's cells near one another.
    ///
    /// A row stands where the most of its cells stand together; rows go down the pages, so that the second of two equal
    /// rows is found below the first.
    ///
    /// - Parameters:
    ///   - rows: The rows, each by column name.
    ///   - field: The list field.
    /// - Returns: One match for each row, in their order.
    public func find(rows: [[String: FieldContent]], field: FieldDefinition) -> [RowMatch] {
        guard case .list(let columns) = field.type else { return [] }
        let searched = rows.map { row in
            columns.compactMap { column -> Cell? in
                guard let content = row[column.name], !isWithoutPlace(content) else { return nil }
                let places = places(of: content, type: column.type)
                return Cell(
                    column: column.name,
                    places: Array(places.prefix(Self.mostPlaces)),
                    isImplied: content == .number(DecimalNumber(units: 1, scale: 0)),
                    isCount: column.type == .number,
                    weight: column.type == .text ? 1.2 : 1
                )
            }
        }
        let anchors = Self.descending(searched.map { Self.anchors(of: $0) })
        return zip(searched, anchors).map { cells, anchor in
            Self.match(cells, at: anchor, columns: columns, field: field)
        }
    }

    private static var mostPlaces: Int { 24 }

    /// A cell with everywhere that it may be printed.
    private struct Cell {
        var column: String
        var places: [FoundPlace]
        /// Whether it need not be printed: one piece of something is rarely counted.
        var isImplied: Bool
        /// Whether it is a plain number.
        var isCount: Bool
        /// How much it says of where its row is: names differ, prices repeat.
        var weight: Double
    }

    /// A height at which a row may stand, and how much of it stands there.
    private struct Anchor {
        var page: Int
        var y: Int
        /// The height of its letters.
        var height: Int
        var score: Double

        /// How far a place of the same page is from this row; what stands above belongs to the row before, as a rule.
        func steps(to place: FoundPlace) -> Int {
            let below = place.position.y - y
            return below * 2 < -height ? -below * 4 : abs(below)
        }

        /// How much a place says for this row: all in its line, less in those around it; nil further away.
        ///
        /// A row may take several lines, the amount in the last of them.
        func nearness(of place: FoundPlace) -> Double? {
            let position = place.position
            guard position.page == page else { return nil }
            let below = position.y - y
            if abs(below) * 2 <= height { return 1 }
            return (-height * 3 / 2...height * 4).contains(below) ? 0.85 : nil
        }
    }

    private func isWithoutPlace(_ content: FieldContent) -> Bool {
        if case .label = content { true } else { false }
    }

    /// The heights where a row may stand, those where most of it stands together first.
    private static func anchors(of cells: [Cell]) -> [Anchor] {
        var anchors: [Anchor] = []
        for cell in cells {
            for place in cell.places {
                let (page, y) = place.position
                if anchors.contains(where: { $0.page == page && abs($0.y - y) < $0.height }) {
                    continue
                }
                let height = max(1, min(place.evidence.first?.box.height ?? 1, 1 << 20))
                var anchor = Anchor(page: page, y: y, height: height, score: 0)
                for other in cells {
                    let near = other.places.lazy.compactMap { place in
                        anchor.nearness(of: place).map { $0 * place.similarity }
                    }.max()
                    anchor.score += (near ?? 0) * other.weight
                }
                anchors.append(anchor)
            }
        }
        anchors.sort { (-$0.score, $0.page, $0.y) < (-$1.score, $1.page, $1.y) }
        return Array(anchors.prefix(mostPlaces))
    }

    /// For each row one of its heights, so that they go down the pages and as much as can be is found.
    private static func descending(_ rows: [[Anchor]]) -> [Anchor?] {
        // The best sum that ends at an anchor, with the step before it; a row may be left out.
        struct State {
            var anchor: Anchor?
            var score: Double
            var before: Int
        }
        var layers: [[State]] = []
        var last = [State(anchor: nil, score: 0, before: -1)]
        for anchors in rows {
            var layer: [State] = last.indices.map {
                State(anchor: last[$0].anchor, score: last[$0].score, before: $0)
            }
            for anchor in anchors {
                var best: (score: Double, index: Int)?
                for (index, state) in last.enumerated() {
                    if let above = state.anchor,
                        (anchor.page, anchor.y) <= (above.page, above.y + above.height / 4)
                    {
                        continue
                    }
                    if best.map({ state.score > $0.score }) ?? true { best = (state.score, index) }
                }
                if let best {
                    layer.append(
                        State(anchor: anchor, score: best.score + anchor.score, before: best.index)
                    )
                }
            }
            // Of states that leave off at one place the best is enough.
            layer.sort { $0.score > $1.score }
            layer = Array(layer.prefix(mostPlaces * 2))
            layers.append(layer)
            last = layer
        }
        var chosen = [Anchor?](repeating: nil, count: rows.count)
        var index = 0
        for row in rows.indices.reversed() {
            let state = layers[row][index]
            let before = row > 0 ? layers[row - 1][state.before].anchor : nil
            let isOwn = state.anchor.map { anchor in
                before.map { $0.page != anchor.page || $0.y != anchor.y } ?? true
            }
            chosen[row] = isOwn == true ? state.anchor : nil
            index = state.before
        }
        return chosen
    }

    /// How far a place is from a row, on its page; places of other pages are further away.
    private static func distance(_ place: FoundPlace, _ anchor: Anchor?) -> Int {
        guard let anchor else { return 0 }
        let isThere = place.position.page == anchor.page
        return isThere ? abs(place.position.y - anchor.y) : Int.max
    }

    private static func match(
        _ cells: [Cell],
        at anchor: Anchor?,
        columns: [ListColumn],
        field: FieldDefinition
    ) -> RowMatch {
        var found: [String: EvidenceMatch] = [:]
        var missing: Set<String> = []
        var away: Set<String> = []
        for cell in cells {
            let near = anchor.flatMap { anchor in
                cell.places.filter { place in
                    anchor.nearness(of: place) != nil
                        && !(cell.isCount && anchor.steps(to: place) > anchor.height * 4)
                }.max { left, right in
                    (left.similarity, -anchor.steps(to: left))
                        < (right.similarity, -anchor.steps(to: right))
                }
            }
            if let near, let anchor {
                var match = near.match(places: 1, key: nil)
                match.similarity *= anchor.nearness(of: near) ?? 1
                found[cell.column] = match
            } else if !cell.isCount,
                let other = cell.places.min(by: { distance($0, anchor) < distance($1, anchor) })
            {
                // Printed, but not in its row; a count that stands elsewhere counts something else.
                var match = other.match(places: cell.places.count, key: nil)
                match.similarity *= 0.7
                found[cell.column] = match
                away.insert(cell.column)
            } else if !cell.isImplied {
                missing.insert(cell.column)
            }
        }
        var boxes: [Int: Evidence] = [:]
        for column in columns {
            // What stands elsewhere would stretch the row's box over the page.
            if away.contains(column.name), away.count < found.count { continue }
            for place in found[column.name]?.evidence ?? [] {
                if var union = boxes[place.page] {
                    union.box = union.box.union(place.box)
                    union.words += " " + place.words
                    boxes[place.page] = union
                } else {
                    boxes[place.page] = place
                }
            }
        }
        return RowMatch(
            cells: found,
            missing: missing,
            evidence: boxes.values.sorted { $0.page < $1.page }
        )
    }
}
