/// What a nutrition table lists.
enum Nutrient: String, Hashable, Sendable, CaseIterable {
    case energy, energyKilojoule, energyKilocalorie, fat, saturates, transFat, cholesterol
    case carbohydrate, sugars, fibre, protein, salt, sodium

    /// Names of a field for it.
    var fieldNames: String {
        switch self {
        case .energy: "energy energie energi energia"
        case .energyKilojoule: "energy_kj kilojoule kj"
        case .energyKilocalorie: "energy_kcal calories kcal kilocalories kalorien"
        case .fat: "fat total_fat fett matieres_grasses grasas"
        case .saturates:
            "saturates saturated_fat saturated fat_saturated gesaettigte gesaettigte_fettsaeuren acides_gras_satures grasas_saturadas"
        case .transFat: "trans_fat"
        case .cholesterol: "cholesterol cholesterin"
        case .carbohydrate:
            "carbohydrate carbohydrates total_carbohydrate kohlenhydrate glucides hidratos karbohydrater"
        case .sugars: "sugars sugar total_sugars zucker sucres azucares sukkerarter"
        case .fibre: "fibre fiber dietary_fibre dietary_fiber ballaststoffe fibres fibra kostfiber"
        case .protein: "protein proteins eiweiss proteines proteinas"
        case .salt: "salt salz sel sal"
        case .sodium: "sodium natrium"
        }
    }

    /// Words that stand before its value.
    var keys: [String] {
        switch self {
        case .energy, .energyKilojoule, .energyKilocalorie:
            [
                "energy", "calories", "energie", "brennwert", "valeur energetique",
                "valor energetico",
                "energi", "energia", "energiewert", "能量", "energiinnhold",
            ]
        case .fat:
            [
                "fat", "total fat", "fett", "matieres grasses", "grasas", "lipides", "vet", "脂肪",
                "grassi",
            ]
        case .saturates:
            [
                "saturates", "saturated fat", "of which saturates", "gesattigte fettsauren",
                "davon gesattigte fettsauren", "gesattigte", "acides gras satures",
                "dont acides gras satures", "saturadas", "acidos grasos saturados",
                "mettede fettsyrer",
                "hvorav mettede fettsyrer", "verzadigd", "waarvan verzadigd", "sat fat",
            ]
        case .transFat: ["trans fat"]
        case .cholesterol: ["cholesterol", "cholest", "cholesterin"]
        case .carbohydrate:
            [
                "carbohydrate", "carbohydrates", "total carbohydrate", "total carbohydrates",
                "total carb",
                "kohlenhydrate", "glucides", "hidratos de carbono", "carbohidratos",
                "karbohydrater",
                "karbohydrat", "koolhydraten", "碳水化合物",
            ]
        case .sugars:
            [
                "sugars", "total sugars", "of which sugars", "zucker", "davon zucker", "sucres",
                "dont sucres", "azucares", "de los cuales azucares", "sukkerarter",
                "hvorav sukkerarter", "suikers", "waarvan suikers", "sugar",
            ]
        case .fibre:
            [
                "fibre", "fiber", "dietary fibre", "dietary fiber", "ballaststoffe", "fibres",
                "fibres alimentaires", "fibra", "fibra alimentaria", "kostfiber", "vezels", "膳食纤维",
            ]
        case .protein:
            [
                "protein", "proteins", "eiweiss", "proteines", "proteinas", "eiwitten", "proteiner",
                "蛋白质",
            ]
        case .salt: ["salt", "salz", "sel", "sal", "zout"]
        case .sodium: ["sodium", "natrium", "sodio", "钠"]
        }
    }

    /// Units that its value can have, the one asked for first; a number without a unit counts for calories.
    var units: [String] {
        switch self {
        case .energy: ["kj", "kcal"]
        case .energyKilojoule: ["kj"]
        case .energyKilocalorie: ["kcal"]
        default: ["g", "mg"]
        }
    }
}
