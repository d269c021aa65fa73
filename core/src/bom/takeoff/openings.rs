//! What openings take away from a face of a wall, by profile.

use super::super::exact::Exact;
use super::super::options::Measurement;

/// Up to this area in mm² IS 1200 deducts nothing: 0.5 m².
const SMALL_MM2: i64 = 500_000;
/// Up to this area in mm² IS 1200 deducts one face of two: 3 m².
const MEDIUM_MM2: i64 = 3_000_000;

/// What one face loses by an opening of `width` by `height` in a wall of `depth`, in mm².
///
/// Negative when the reveals are more than the opening.
pub(crate) fn deducted(
    profile: Measurement,
    width_mm: i64,
    height_mm: i64,
    depth_mm: i64,
) -> Exact {
    let area = width_mm * height_mm;
    match profile {
        Measurement::Net => Exact::whole(i128::from(area)),
        Measurement::Is1200 if area <= SMALL_MM2 => Exact::ZERO,
        // One face of the two: half of it is the share of each room.
        Measurement::Is1200 if area <= MEDIUM_MM2 => Exact::ratio(i128::from(area), 2),
        Measurement::Is1200 => {
            // Jambs and head, as deep as the wall; a door has no sill. Half belongs to each room.
            let reveal = (2 * height_mm + width_mm) * depth_mm;
            Exact::ratio(i128::from(2 * area - reveal), 2)
        }
    }
}

/// What a partition loses by an opening, measured once for both of its faces, in mm².
pub(crate) fn deducted_from_wall(profile: Measurement, width_mm: i64, height_mm: i64) -> i64 {
    let area = width_mm * height_mm;
    match profile {
        Measurement::Is1200 if area <= SMALL_MM2 => 0,
        Measurement::Net | Measurement::Is1200 => area,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_deducted_as_its_profile_says() {
        let face = |profile, w, h| deducted(profile, w, h, 100);
        // 0.9 x 2.1 m = 1.89 m²: net on both faces, IS 1200 on one of the two.
        assert_eq!(face(Measurement::Net, 900, 2100), Exact::whole(1_890_000));
        assert_eq!(face(Measurement::Is1200, 900, 2100), Exact::whole(945_000));
        // 0.5 m² exactly is still small, 3 m² exactly still one face.
        assert_eq!(face(Measurement::Is1200, 500, 1000), Exact::ZERO);
        assert_eq!(
            face(Measurement::Is1200, 1500, 2000),
            Exact::whole(1_500_000)
        );
        // 1.8 x 2.1 m = 3.78 m²: both faces, and reveals of 6.0 m by 0.1 m shared by the two.
        assert_eq!(
            face(Measurement::Is1200, 1800, 2100),
            Exact::whole(3_480_000)
        );
        assert_eq!(deducted_from_wall(Measurement::Is1200, 500, 1000), 0);
        assert_eq!(deducted_from_wall(Measurement::Net, 500, 1000), 500_000);
    }
}
