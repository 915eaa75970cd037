META
key;value
description;A hundred thousand for the quarter
country;Nowhere
num_projects;6
num_votes;13
budget;100000
vote_type;approval
currency;EUR
PROJECTS
project_id;cost;name
1;30000;Playground
2;30000;Trees in Mill Street
3;30000;Benches by the river
4;10000;Paint for the school
5;45000;Basketball court
6;120000;Roof for the market
VOTES
voter_id;vote
v1;1,2,4
v2;1,2,4
v3;1,2,4
v4;1,2,4
v5;2,3
v6;2,3
v7;2,3,6
v8;5
v9;5
v10;5
v11;3,4,5
v12;3,4,5
v13;1
