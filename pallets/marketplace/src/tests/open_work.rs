use super::*;
use crate::{Counterparties, NodeWork, TaskStatus};
use gpu_chain_primitives::OpenWork;

#[test]
fn node_should_have_open_work_from_accepting_until_the_end() {
	build_and_execute(|| {
		let busy = |yes: bool| {
			assert_eq!(Marketplace::has_open_work(&NODE), yes);
			assert_eq!(Marketplace::is_counterparty(&NODE, &BUYER), yes);
			assert!(!Marketplace::has_open_work(&SECOND_NODE));
			assert!(!Marketplace::is_counterparty(&NODE, &OTHER_BUYER));
			assert!(!Marketplace::is_counterparty(&NODE, &PROVIDER));
		};
		let id = create();
		busy(false);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
		busy(true);
		assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
		busy(true);
		assert_ok!(submit(PROVIDER, id));
		busy(true);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		busy(false);
		disputed();
		busy(true);
	});
}

#[test]
fn node_should_be_free_after_a_timeout() {
	build_and_execute(|| {
		let id = assigned();
		run_to(7);
		assert_eq!(status(id), TaskStatus::Open);
		assert!(!Marketplace::has_open_work(&NODE));
		assert!(!Marketplace::is_counterparty(&NODE, &BUYER));
		assert_eq!((NodeWork::<Test>::iter().count(), Counterparties::<Test>::iter().count()), (0, 0));
	});
}

#[test]
fn counterparty_should_stay_one_until_its_last_task_ends() {
	build_and_execute(|| {
		let (first, second) = (completed(), completed());
		assert_ok!(Marketplace::approve_result(origin(BUYER), first));
		assert!(Marketplace::is_counterparty(&NODE, &BUYER));
		assert_ok!(Marketplace::approve_result(origin(BUYER), second));
		assert!(!Marketplace::is_counterparty(&NODE, &BUYER));
	});
}
