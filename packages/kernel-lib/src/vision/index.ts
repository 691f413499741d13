export { partBox, pointsAt, type Grid } from "./parts.js";
export { resizePicture, type Box, type Picture } from "./picture.js";
export { decodePng, encodePng } from "./png.js";
export { sceneCaptions, type CaptionedPicture, type CaptionNoun, type SceneCaptionOptions } from "./scene-captions.js";
export type { Scene, SceneObject } from "./scenes.js";
