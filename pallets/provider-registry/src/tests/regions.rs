use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn regions_should_be_added_and_removed() {
	build_and_execute(|| {
		assert_ok!(Registry::add_region(root(), text("ap-south-1")));
		assert!(happened(Event::RegionAdded { region: text("ap-south-1") }));
		assert_ok!(Registry::remove_region(root(), here()));
		assert!(happened(Event::RegionRemoved { region: here() }));
		let mut regions = Registry::regions(None, 10).items;
		regions.sort();
		assert_eq!(regions, vec![text("ap-south-1"), there()]);
	});
}

#[test]
fn add_region_should_fail_when_the_code_is_malformed() {
	build_and_execute(|| {
		for code in ["", "EU-west", "eu west", "eu_west", "eu/west", "é"] {
			assert_noop!(Registry::add_region(root(), text(code)), Error::<Test>::InvalidRegion);
		}
	});
}

#[test]
fn add_region_should_fail_when_the_region_is_there() {
	build_and_execute(|| {
		assert_noop!(Registry::add_region(root(), here()), Error::<Test>::RegionExists);
	});
}

#[test]
fn remove_region_should_fail_when_the_region_is_unknown() {
	build_and_execute(|| {
		assert_noop!(Registry::remove_region(root(), text("moon")), Error::<Test>::UnknownRegion);
	});
}

#[test]
fn regions_should_be_the_registrars_alone() {
	build_and_execute(|| {
		assert_noop!(Registry::add_region(signed(ALICE), text("moon")), BadOrigin);
		assert_noop!(Registry::remove_region(signed(ALICE), here()), BadOrigin);
	});
}
