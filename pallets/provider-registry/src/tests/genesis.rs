use crate::mock::*;
use frame_support::traits::Hooks;
use sp_runtime::BuildStorage;

fn build(regions: Vec<String>) -> sp_io::TestExternalities {
	crate::GenesisConfig::<Test> { regions, ..Default::default() }.build_storage().unwrap().into()
}

#[test]
fn genesis_should_list_its_regions() {
	build(vec!["eu-west".into(), "moon-1".into()]).execute_with(|| {
		assert_eq!(Registry::regions(None, 10).items.len(), 2);
		assert!(Registry::do_try_state().is_ok());
	});
}

#[test]
#[should_panic(expected = "genesis region EU: not a region code, or named twice")]
fn genesis_should_refuse_a_malformed_region() {
	build(vec!["EU".into()]);
}

#[test]
#[should_panic(expected = "not a region code, or named twice")]
fn genesis_should_refuse_a_region_that_is_too_long() {
	build(vec!["a".repeat(33)]);
}

#[test]
#[should_panic(expected = "genesis region eu: not a region code, or named twice")]
fn genesis_should_refuse_a_region_twice() {
	build(vec!["eu".into(), "eu".into()]);
}

#[test]
fn the_mocks_configuration_should_make_sense() {
	build_and_execute(<Registry as Hooks<u64>>::integrity_test);
}
