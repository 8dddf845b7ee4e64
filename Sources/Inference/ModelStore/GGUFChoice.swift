internal import SystemPackage

/// Which GGUF file of several is the model and which holds its vision tower.
enum GGUFChoice {
    /// Files that hold a model, by their names: all but the vision towers, and of a file in parts the first.
    ///
    /// A later part whose first is not there stays: what is missing shows when it is read.
    static func models(among names: [String]) -> [String] {
        let all = Set(names)
        return names.filter { name in
            guard isGGUF(name), !isProjector(name) else { return false }
            guard let first = firstPart(of: name), first != name else { return true }
            return !all.contains(first)
        }
    }

    /// The name of the first part of a file, where a name is that of a part, such as `…-00002-of-00003.gguf`; else nil.
    static func firstPart(of name: String) -> String? {
        guard isGGUF(name) else { return nil }
        var words = name.dropLast(".gguf".count).split(
            separator: "-",
            omittingEmptySubsequences: false
        )
        let place = words.count - 3
        guard place > 0, words[place + 1] == "of", isNumber(words[place]),
            isNumber(words[place + 2])
        else { return nil }
        words[place] = String(repeating: "0", count: words[place].count - 1) + "1"
        return words.joined(separator: "-") + name.suffix(".gguf".count)
    }

    private static func isNumber(_ word: Substring) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The vision tower to use of those beside a model: it is small, so the precise one; float32 only where no half
    /// precision is there, as it doubles the file for nothing that a picture shows.
    static func projector(among names: [String]) -> String? {
        let towers = names.filter { isGGUF($0) && isProjector($0) }
        for precision in ["bf16", "f16", "q8_0", "f32"] {
            // `f16` is also the end of `bf16`, which has been sought before it.
            if let tower = towers.first(where: { $0.lowercased().contains(precision) }) {
                return tower
            }
        }
        return towers.first
    }

    /// The vision tower in a folder that goes with one of its models.
    ///
    /// Files of several models may lie together: the tower's name must have most words in common with the model's. A
    /// tower that goes better with another model there is that one's.
    static func projector(in folder: FilePath, besides file: String) -> FilePath? {
        if isProjector(file) { return nil }
        let names = StoreFolder.names(in: folder.isEmpty ? "." : folder)
        let towers = names.filter { isGGUF($0) && isProjector($0) }
        let likeness = towers.map { commonWords($0, file) }
        guard let best = likeness.max() else { return nil }
        let likest = zip(towers, likeness).filter { $0.1 == best }.map(\.0)
        guard let tower = projector(among: likest) else { return nil }
        let others = models(among: names).filter { $0 != file }
        if best == 0, others.contains(where: { commonWords(tower, $0) > 0 }) { return nil }
        return folder.appending(tower)
    }

    /// How many words two names begin with in common, beside `mmproj` and what tells the precision.
    private static func commonWords(_ first: String, _ second: String) -> Int {
        zip(words(first), words(second)).prefix { $0 == $1 }.count
    }

    private static func words(_ name: String) -> [Substring] {
        let stem = name.lowercased().dropLast(".gguf".count)
        // What follows the precision is of it: `Q4_K_M`, `Q8_0`.
        return Array(
            stem.split { "-_.".contains($0) }.filter { $0 != "mmproj" }.prefix { !isPrecision($0) }
        )
    }

    /// Whether a word tells a precision, as `f16`, `bf16`, `q4` and `iq4` do.
    private static func isPrecision(_ word: Substring) -> Bool {
        ["bf", "iq", "f", "q"].contains { mark in
            word.hasPrefix(mark) && word.count > mark.count
                && word.dropFirst(mark.count).allSatisfy(\.isNumber)
        }
    }

    private static func isGGUF(_ name: String) -> Bool { name.lowercased().hasSuffix(".gguf") }

    private static func isProjector(_ name: String) -> Bool {
        (name.split(separator: "/").last ?? "").lowercased().contains("mmproj")
    }
}
