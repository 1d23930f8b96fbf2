// With what the browser draws: a graphics card, the processor in its place, or nothing that the GL map can use.

/** "card", "software" or "none". */
export function graphics() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "none";
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : "";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name) ? "software" : "card";
}
