"""The summary of what `explain` answers, in each of the server's forms."""

import pytest

from mongoengine.queryset.index_usage import IndexUsage, index_usage


def ixscan(name):
    bounds = {"stage": ["[MinKey, MaxKey]"]}
    return {"stage": "IXSCAN", "indexName": name, "indexBounds": bounds}


def fetch(below, **more):
    return {"stage": "FETCH", "filter": {"stage": {"$eq": "COLLSCAN"}}, **more, **below}


def planned(plan, **more):
    rejected = [{"stage": "SORT", "inputStage": ixscan("rejected")}]
    return {
        "explainVersion": "1",
        "queryPlanner": {
            "parsedQuery": {"stage": "COLLSCAN"},
            "winningPlan": plan,
            "rejectedPlans": rejected,
        },
        "command": {"find": "c", "filter": {"stage": "COLLSCAN"}},
        **more,
    }


def counted(returned, keys, documents):
    stages = {"stage": "SORT", "indexName": "of the execution"}
    return {
        "nReturned": returned,
        "totalKeysExamined": keys,
        "totalDocsExamined": documents,
        "executionStages": stages,
        "allPlansExecution": [{"totalKeysExamined": 100, "executionStages": stages}],
    }


def test_a_plan_that_was_run():
    plan = fetch({"inputStage": ixscan("a_1")})
    assert index_usage(planned(plan, executionStats=counted(3, 4, 5))) == IndexUsage(
        indexes=("a_1",),
        stages=("FETCH", "IXSCAN"),
        keys_examined=4,
        documents_examined=5,
        returned=3,
        collection_scan=False,
        in_memory_sort=False,
    )


def test_a_plan_that_was_not_run_counts_nothing():
    usage = index_usage(planned({"stage": "COLLSCAN", "direction": "forward"}))
    assert usage.collection_scan
    assert usage.indexes == ()
    assert usage.keys_examined is usage.documents_examined is usage.returned is None


def test_a_sort_in_memory():
    plan = {"stage": "SORT", "inputStage": {"stage": "COLLSCAN"}}
    usage = index_usage(planned(plan))
    assert usage.in_memory_sort
    assert usage.stages == ("SORT", "COLLSCAN")


def test_sorted_branches_that_are_merged_are_not_sorted_in_memory():
    plan = {
        "stage": "SORT_MERGE",
        "inputStages": [ixscan("a_1_b_1"), ixscan("c_1_b_1")],
    }
    usage = index_usage(planned(plan))
    assert not usage.in_memory_sort
    assert usage.indexes == ("a_1_b_1", "c_1_b_1")


def test_each_branch_of_or_has_its_index_and_each_index_is_named_once():
    branches = [ixscan("a_1"), fetch({"inputStage": ixscan("b_1")}), ixscan("a_1")]
    plan = {"stage": "SUBPLAN", "inputStage": {"stage": "OR", "inputStages": branches}}
    usage = index_usage(planned(plan))
    assert usage.indexes == ("a_1", "b_1")
    assert usage.stages == ("SUBPLAN", "OR", "IXSCAN", "FETCH", "IXSCAN", "IXSCAN")


def test_an_or_with_one_branch_that_scans_the_collection():
    plan = {"stage": "OR", "inputStages": [ixscan("a_1"), {"stage": "COLLSCAN"}]}
    usage = index_usage(planned(plan))
    assert usage.collection_scan
    assert usage.indexes == ("a_1",)


@pytest.mark.parametrize(
    "stage",
    ["IDHACK", "EXPRESS_IXSCAN", "CLUSTERED_IXSCAN", "EXPRESS_CLUSTERED_IXSCAN"],
)
def test_finding_by_id_uses_its_index(stage):
    assert index_usage(planned({"stage": stage})).indexes == ("_id_",)


def test_an_express_plan_names_another_index():
    plan = {"stage": "EXPRESS_IXSCAN", "keyPattern": "{ a: 1 }", "indexName": "a_1"}
    assert index_usage(planned(plan)).indexes == ("a_1",)


@pytest.mark.parametrize(
    "stage", ["COUNT_SCAN", "DISTINCT_SCAN", "TEXT", "GEO_NEAR_2D"]
)
def test_other_stages_name_their_index(stage):
    plan = {"stage": "COUNT", "inputStage": {"stage": stage, "indexName": "a_1"}}
    usage = index_usage(planned(plan))
    assert usage.indexes == ("a_1",)
    assert usage.stages == ("COUNT", stage)


def test_a_plan_of_the_slot_based_engine():
    plan = {
        "queryPlan": {
            "stage": "GROUP",
            "inputStage": fetch({"inputStage": ixscan("b")}),
        },
        "slotBasedPlan": {"stages": "[1] scan", "slots": "COLLSCAN"},
    }
    usage = index_usage(planned(plan, executionStats=counted(1, 2, 3)))
    assert usage.stages == ("GROUP", "FETCH", "IXSCAN")
    assert usage.indexes == ("b",)
    assert usage.documents_examined == 3


def test_the_joins_of_the_slot_based_engine():
    join = {"stage": "nlj", "outerStage": ixscan("a"), "innerStage": {"stage": "seek"}}
    branch = {"stage": "branch", "thenStage": join, "elseStage": ixscan("b")}
    assert index_usage(planned(branch)).indexes == ("a", "b")


def test_a_query_of_a_cluster():
    shards = [
        {"shardName": "s0", "winningPlan": fetch({"inputStage": ixscan("a_1")})},
        {"shardName": "s1", "winningPlan": {"stage": "COLLSCAN"}},
    ]
    plan = {"stage": "SHARD_MERGE", "shards": shards}
    usage = index_usage(planned(plan, executionStats=counted(9, 8, 7)))
    assert usage.stages == ("SHARD_MERGE", "FETCH", "IXSCAN", "COLLSCAN")
    assert usage.collection_scan
    assert (usage.keys_examined, usage.documents_examined, usage.returned) == (8, 7, 9)


def test_a_pipeline_of_a_cluster_adds_up_its_shards():
    cursor = {"$cursor": planned(ixscan("a_1"), executionStats=counted(5, 5, 5))}
    shards = {
        "s0": planned({"stage": "COLLSCAN"}, executionStats=counted(1, 0, 10)),
        "s1": {"stages": [cursor, {"$sort": {}, "nReturned": 2}]},
    }
    usage = index_usage({"mergeType": "mongos", "shards": shards})
    assert usage.stages == ("COLLSCAN", "IXSCAN", "$sort")
    assert usage.in_memory_sort
    assert (usage.keys_examined, usage.documents_examined, usage.returned) == (5, 15, 3)


def test_what_one_shard_did_not_count_is_not_counted():
    shards = {"s0": planned({"stage": "EOF"}), "s1": planned({"stage": "EOF"})}
    assert index_usage({"shards": shards}).returned is None


def test_a_pipeline_of_several_stages():
    stages = [
        {"$cursor": planned(ixscan("a_1"), executionStats=counted(4, 4, 4))},
        {
            "$lookup": {"from": "u"},
            "totalDocsExamined": 230,
            "totalKeysExamined": 20,
            "collectionScans": 0,
            "indexesUsed": ["u_a_1"],
        },
        {"$group": {"_id": "$b"}, "nReturned": 3},
    ]
    usage = index_usage({"explainVersion": "1", "stages": stages})
    assert usage.indexes == ("a_1", "u_a_1")
    assert usage.stages == ("IXSCAN", "$lookup", "$group")
    assert (usage.keys_examined, usage.documents_examined) == (24, 234)
    assert usage.returned == 3
    assert not usage.collection_scan


def test_a_lookup_that_scans():
    stages = [{"$lookup": {"from": "u"}, "collectionScans": 2, "indexesUsed": []}]
    assert index_usage({"stages": stages}).collection_scan


def test_a_union_scans_on_its_other_side():
    other = {"$cursor": planned({"stage": "COLLSCAN"}, executionStats=counted(1, 0, 5))}
    stages = [
        {"$cursor": planned(ixscan("a_1"), executionStats=counted(1, 1, 1))},
        {"$unionWith": {"coll": "u", "pipeline": [other]}, "nReturned": 2},
    ]
    usage = index_usage({"stages": stages})
    assert usage.stages == ("IXSCAN", "$unionWith", "COLLSCAN")
    assert usage.collection_scan
    assert (usage.documents_examined, usage.returned) == (6, 2)


def test_an_empty_answer_says_nothing():
    usage = index_usage({})
    assert usage == IndexUsage((), (), None, None, None, False, False)
    assert str(usage) == "no index ()"


def test_it_is_said_in_one_line():
    plan = {"stage": "SORT", "inputStage": fetch({"inputStage": ixscan("a_1")})}
    usage = index_usage(planned(plan, executionStats=counted(3, 4, 5)))
    assert str(usage) == (
        "index a_1; sort in memory; 4 keys examined; 5 documents examined; 3 returned"
        " (SORT < FETCH < IXSCAN)"
    )
    scanning = index_usage(planned({"stage": "COLLSCAN"}))
    assert str(scanning) == "no index; collection scan (COLLSCAN)"
