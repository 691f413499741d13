export { entropy } from "./entropy.js";
export { flow, type FlowOptions } from "./flow.js";
export { headRoles, type HeadMeasures, type HeadRole, type HeadRoleOptions, type HeadRoles } from "./head-roles.js";
export { hideTokens, type Hidden } from "./hide.js";
export { rollout, type RolloutOptions } from "./rollout.js";
export { inductionShare, keyShare, meanDistance, offsetShare, uniformLike } from "./shares.js";
export { valueNorms, type ValueNorms, type ValueNormsInput } from "./value-norms.js";
export { groupsOf, joinWords, splitWords, type Groups, type WordsOfTokens } from "./words.js";
