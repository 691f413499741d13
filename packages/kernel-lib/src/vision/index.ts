export { partBox, type Grid } from "./parts.js";
export { resizePicture, type Box, type Picture } from "./picture.js";
export { decodePng, encodePng } from "./png.js";
