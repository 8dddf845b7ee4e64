internal import SystemPackage

/// Which GGUF file of several is the model and which holds its vision tower.
enum GGUFChoice {
    /// Files that hold a model, by their names: all but the vision towers.
    static func models(among names: [String]) -> [String] {
        names.filter { isGGUF($0) && !isProjector($0) }
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

    /// The vision tower in a folder.
    static func projector(in folder: FilePath, besides file: String) -> FilePath? {
        if isProjector(file) { return nil }
        return projector(among: StoreFolder.names(in: folder.isEmpty ? "." : folder))
            .map { folder.appending($0) }
    }

    private static func isGGUF(_ name: String) -> Bool { name.lowercased().hasSuffix(".gguf") }

    private static func isProjector(_ name: String) -> Bool {
        (name.split(separator: "/").last ?? "").lowercased().contains("mmproj")
    }
}
