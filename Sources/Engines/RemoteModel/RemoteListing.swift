internal import WebAccess

/// What a server says of the model that answers.
struct RemoteListing: Equatable, Sendable {
    /// Its name there.
    let name: String
    /// What tells it from another model of that name: what is read from its files, and no date or free place, which change by themselves.
    let facts: [String]
    /// Whether it is shown pictures: unless the server says that it sees none.
    let seesPictures: Bool

    /// Models that are named to a person who must choose.
    private static let mostNames = 12

    /// Finds the model in a server's list.
    ///
    /// - Parameters:
    ///   - list: What it sent; nil where it keeps no list.
    ///   - address: Where, and which model.
    /// - Throws: ``RemoteFault`` when it is not clear which one is meant, or it is not there.
    init(_ list: JSONTree?, for address: RemoteAddress) throws(RemoteFault) {
        let entries = (list?["data"]?.list ?? []).compactMap { entry -> (String, JSONTree)? in
            guard let name = entry["id"]?.text, !name.isEmpty, name.utf8.count <= 512 else {
                return nil
            }
            return (name, entry)
        }
        let found: (name: String, entry: JSONTree?)
        if let wanted = address.model {
            // Some servers answer under names that they do not list.
            let entry =
                entries.first { $0.0 == wanted } ?? entries.first { $0.0 == wanted + ":latest" }
            guard entry != nil || !Self.isComplete(entries.map(\.1)) else {
                throw .noSuchModel(
                    wanted,
                    destination: address.destination,
                    names: Self.shown(entries.map(\.0))
                )
            }
            found = (wanted, entry?.1)
        } else if let only = entries.first, entries.count == 1 {
            found = only
        } else {
            throw .severalModels(
                destination: address.destination,
                names: Self.shown(entries.map(\.0))
            )
        }
        name = found.name
        let meta = found.entry?["meta"]
        var facts: [String] = []
        if let root = found.entry?["root"]?.text, root != found.name {
            facts.append("of \(PlainWords.of(root))")
        }
        for key in ["ftype", "n_params", "size"] {
            switch meta?[key] {
            case .number(let digits): facts.append("\(key) \(digits)")
            case .text(let text): facts.append("\(key) \(PlainWords.of(text))")
            default: break
            }
        }
        self.facts = facts
        let told = (list?["models"]?.list ?? []).first {
            $0["name"]?.text == found.name || $0["model"]?.text == found.name
        }?["capabilities"]?.list?.compactMap(\.text)
        seesPictures = told.map { !$0.isDisjoint(with: ["multimodal", "vision"]) } ?? true
    }

    /// Whether a server answers under no name that it does not list: vLLM, SGLang and Ollama say by this who they are.
    private static func isComplete(_ entries: [JSONTree]) -> Bool {
        !entries.isEmpty
            && entries.allSatisfy { entry in
                ["vllm", "sglang", "library"].contains { $0 == entry["owned_by"]?.text }
            }
    }

    private static func shown(_ names: [String]) -> [String] {
        names.prefix(mostNames).map { PlainWords.of($0) }
    }
}

extension [String] {
    fileprivate func isDisjoint(with other: [String]) -> Bool {
        Set(self).isDisjoint(with: other)
    }
}
