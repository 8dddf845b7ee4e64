package import SystemPackage

/// Looks into the index of a cache and nowhere else: for measuring it.
package struct IndexProbe {
    private let index: CacheIndex
    private let model: Int64
    private let newest: Int64

    /// Opens the index of a cache; nil where it cannot be.
    package init?(folder: FilePath, model: String) {
        do throws(IndexFault) {
            index = try CacheIndex(CacheFolder(root: folder).index)
            (self.model, newest) = try index.begin(model: model, byteLimit: .max / 2)
        } catch {
            return nil
        }
    }

    /// A function that looks for a picture's key and neighbours, and says how many it found.
    package func search(for picture: SeenPicture) -> () -> Int {
        let hash = PictureHash(ComparisonPicture(picture.picture))
        return {
            do throws(IndexFault) {
                _ = try index.entry(model: model, key: picture.keyBytes)
                return try index.neighbours(
                    model: model,
                    hash: hash,
                    newest: newest,
                    own: OwnEntries(),
                    radius: CacheSession.radius
                ).count
            } catch {
                return -1
            }
        }
    }
}
