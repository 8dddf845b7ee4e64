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
        /// How much it says of where its row is: names differ, prices repeat.
        var weight: Double
    }

    /// A height at which a row may stand, and how much of it stands there.
    private struct Anchor {
        var page: Int
        var y: Int
        var reach: Int
        var score: Double
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
                if anchors.contains(where: { $0.page == page && abs($0.y - y) * 2 < $0.reach }) {
                    continue
                }
                let height = place.evidence.first?.box.height ?? 1
                let reach = max(2, min(height, 1 << 20) * 2)
                var score = 0.0
                for other in cells {
                    let near = other.places.lazy.filter {
                        $0.position.page == page && abs($0.position.y - y) <= reach
                    }.map { $0.similarity * (abs($0.position.y - y) * 4 <= reach ? 1 : 0.9) }.max()
                    score += (near ?? 0) * other.weight
                }
                anchors.append(Anchor(page: page, y: y, reach: reach, score: score))
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
                        (anchor.page, anchor.y) <= (above.page, above.y + above.reach / 8)
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

    private static func match(
        _ cells: [Cell],
        at anchor: Anchor?,
        columns: [ListColumn],
        field: FieldDefinition
    ) -> RowMatch {
        var found: [String: EvidenceMatch] = [:]
        var missing: Set<String> = []
        for cell in cells {
            let near = anchor.flatMap { anchor in
                cell.places.filter {
                    $0.position.page == anchor.page && abs($0.position.y - anchor.y) <= anchor.reach
                }.max { left, right in
                    (left.similarity, -abs(left.position.y - anchor.y))
                        < (right.similarity, -abs(right.position.y - anchor.y))
                }
            }
            if let near, let anchor {
                var match = near.match(places: 1, key: nil)
                // In the line above or below: the row's second line, or another row.
                if abs(near.position.y - anchor.y) * 4 > anchor.reach { match.similarity *= 0.85 }
                found[cell.column] = match
            } else if let other = cell.places.first {
                // Printed, but not in its row.
                var match = other.match(places: cell.places.count, key: nil)
                match.similarity *= 0.8
                found[cell.column] = match
            } else if !cell.isImplied {
                missing.insert(cell.column)
            }
        }
        var boxes: [Int: Evidence] = [:]
        for column in columns {
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
