/** The library's own version, as package.json states it. */
export const libraryVersion = "0.1.0";
